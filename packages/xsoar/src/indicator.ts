/**
 * An indicator as XSOAR stores it (`IocObject` of its swagger). Only these four
 * are relied on; everything else is carried along unseen, so that an edit sends
 * back what it has read.
 */
export interface IocObject {
  /** XSOAR's own choice. */
  id: string;
  /** Raised by every save; an edit with an older one is refused. */
  version: number;
  value: string;
  /** Name of the indicator type, such as `Domain`. */
  indicator_type: string;
  CustomFields?: Record<string, unknown> | null;
  [key: string]: unknown;
}

/** What a client may set when it creates an indicator. */
export interface IocFields {
  value: string;
  /** Name of the indicator type, such as `Domain`. */
  indicator_type: string;
  /** 0 unknown, 1 good, 2 suspicious, 3 bad. */
  score?: number;
  /** A hint only: XSOAR chooses the id. */
  id?: string;
  /** Machine name of the field → value. */
  CustomFields?: Record<string, unknown>;
  [key: string]: unknown;
}

/** What we want an indicator to be. Fields that are left out are left to XSOAR and its analysts. */
export interface DesiredIndicator {
  value: string;
  /** Name of the indicator type, such as `Domain`. */
  indicator_type: string;
  /** 0 unknown, 1 good, 2 suspicious, 3 bad. */
  score: number;
  /** A hint only: XSOAR chooses the id. */
  id?: string;
  /** Name of the source that XSOAR shows. */
  source?: string;
  /** One free comment. Empty leaves the present one alone. */
  comment?: string;
  /** Keeps enrichment from changing the score. */
  manualScore?: boolean;
  /** RFC 3339. */
  expiration?: string | null;
  /** RFC 3339; beats the expiry of feed and type. */
  manualExpirationTime?: string | null;
  /** RFC 3339. */
  firstSeen?: string;
  /** RFC 3339. */
  timestamp?: string;
  /** Machine name of the field → value; `tags` are merged with those of others. */
  CustomFields: Record<string, unknown>;
}
