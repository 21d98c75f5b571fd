/**
 * A listing that cannot be trusted: a page failed, is short or empty where it must not be, or the
 * place to go on from is no longer known. Nothing may be concluded from what it did not show; the
 * run stops where it is and can be resumed.
 */
export class ListingError extends Error {
  override readonly name = 'ListingError';
  readonly side: 'OpenCTI' | 'XSOAR';
  /** The place to go on from is worth nothing any more: the listing has to begin anew. */
  readonly isPlaceLost: boolean;

  constructor(
    side: 'OpenCTI' | 'XSOAR',
    message: string,
    { cause, isPlaceLost = false }: { cause?: unknown; isPlaceLost?: boolean } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.side = side;
    this.isPlaceLost = isPlaceLost;
  }
}

/** Another process reconciles, or took over from this one. */
export class LostRunError extends Error {
  override readonly name = 'LostRunError';
}
