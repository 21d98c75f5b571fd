/** Thrown by the processor to make BullMQ count an attempt; says when the next one may go. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** Wait before the next attempt, in ms. */
  readonly delayMs: number;

  constructor(message: string, delayMs: number) {
    super(message);
    this.delayMs = delayMs;
  }
}
