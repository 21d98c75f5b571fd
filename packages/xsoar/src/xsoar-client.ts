import type { Endpoint } from './endpoint.ts';
import type { IocFields, IocObject } from './indicator.ts';
import type { DeleteTarget, WriteRequest } from './write-request.ts';
import type { XsoarOperation } from './xsoar-error.ts';

/** Which API a server speaks: they differ in path and headers, not in bodies. */
export type XsoarApi = '8' | '8-internal' | '6';

/** How the key is presented. */
export type XsoarKeyType = 'standard' | 'advanced';

/** What a client needs to know. */
export interface XsoarOptions {
  /** Base URL; a pasted `/xsoar` or `/xsoar/public/v1` is taken off. */
  url: string;
  /** Key id (`x-xdr-auth-id`): XSOAR 8 needs it, XSOAR 6 has none. */
  keyId?: string;
  key: string;
  /** `auto` (default): standard, and advanced where the server answers 401 to that. */
  keyType?: 'auto' | XsoarKeyType;
  /** `auto` (default): `8` where there is a key id, else `6`. */
  api?: 'auto' | XsoarApi;
  /** Child account of a multi-tenant XSOAR 6, without `acc_`. */
  tenant?: string;
  /** False accepts any certificate. */
  sslVerify: boolean;
  /** PEM certificates to trust beside the system's. */
  ca?: string;
  /** For a whole request, waiting for a free connection included; in ms. */
  timeoutMs: number;
  /** Most connections open at a time. */
  connections: number;
  userAgent: string;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read; the process's own by default. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Told of every HTTP request when it has ended. Must not throw. */
  onRequest?(info: RequestInfo): void;
}

/** One finished HTTP request. */
export interface RequestInfo {
  operation: XsoarOperation;
  method: 'GET' | 'POST';
  /** Where it went, and the part of it that names the call. There is no secret in either. */
  url: string;
  path: string;
  /** It was sent once more, with the key presented in the other way. */
  again: boolean;
  /** What the caller gave: says whose request it was. */
  signal: AbortSignal | undefined;
  /** Null where no answer came. */
  status: number | null;
  durationMs: number;
  /** Kind of the XsoarError, where it failed. */
  error?: string;
}

/** A search as XSOAR takes it. */
export interface SearchFilter {
  /** XSOAR's query language, such as `value:"evil.example"`. */
  query: string;
  /** From 0. */
  page?: number;
  /** Objects per page, at most 1000. XSOAR's own default is none at all, ours 100. */
  size?: number;
  sort?: readonly { field: string; asc: boolean }[];
  /** `sortValues` of the last object of the page before: goes on after it, however deep that is. */
  searchAfter?: readonly string[];
}

/** A type of indicator that a tenant knows. */
export interface XsoarType {
  /** What `indicator_type` takes. */
  name: string;
  disabled: boolean;
}

/** A field of indicators that a tenant knows. */
export interface XsoarField {
  /** Its key in `CustomFields`. */
  name: string;
  /** Such as `shortText` or `tagsSelect`; empty where it is not told. */
  type: string;
}

/** XSOAR on the wire: one method per endpoint, no policy. All reject with XsoarError. */
export interface XsoarClient {
  /** Where requests go. */
  readonly endpoint: Endpoint;
  /** How the key is presented; with `auto` a guess until the first answer. */
  readonly keyType: XsoarKeyType;
  /** Null where XSOAR has the value on its exclusion list and therefore stored nothing. */
  create(indicator: IocFields, signal?: AbortSignal): Promise<IocObject | null>;
  /** Writes the whole object; its `version` must be the one that was read. */
  edit(indicator: IocObject, signal?: AbortSignal): Promise<IocObject>;
  /** Never puts anything on the exclusion list. Only `updatedIds` were deleted, whatever the status. */
  batchDelete(
    targets: readonly DeleteTarget[],
    reason: string,
    signal?: AbortSignal,
  ): Promise<{ updatedIds: string[] }>;
  /** Looks up in XSOAR's index, which lags behind writes by seconds. */
  search(
    filter: SearchFilter,
    signal?: AbortSignal,
  ): Promise<{ iocObjects: IocObject[]; total: number }>;
  /** The cheapest request that checks address, key and rights. */
  probe(signal?: AbortSignal): Promise<void>;
  /** The tenant's types of indicators. Not every API offers the list: expect `redirect`, 404, 405 or 500. */
  fetchTypes(signal?: AbortSignal): Promise<XsoarType[]>;
  /** The tenant's fields of indicators, where the API offers the list. */
  fetchFields(signal?: AbortSignal): Promise<XsoarField[]>;
  /** Posts a body as it is and gives the JSON of the answer, unchecked: for probes of how a tenant answers. */
  post(request: WriteRequest, signal?: AbortSignal): Promise<unknown>;
  /** Waits for requests in flight, then closes the connections. */
  close(): Promise<void>;
}
