import type { Logger } from '@xsoar-intel/runtime';
import {
  checkTenant,
  type TenantNeeds,
  tenantWarnings,
  type XsoarClient,
  XsoarError,
} from '@xsoar-intel/xsoar';

/** How often XSOAR is asked again while it is away, in ms. */
const AGAIN_MS = 60_000;

/**
 * Looks once whether the tenant has the types and fields that are going to be written,
 * beside the work: nothing waits for it, and a tenant without lists is none the worse.
 * Returns a function that gives up.
 */
export function watchTenant(
  client: Pick<XsoarClient, 'fetchTypes' | 'fetchFields'>,
  needs: TenantNeeds,
  logger: Logger,
  againMs = AGAIN_MS,
): () => void {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    try {
      const check = await checkTenant(client, needs, controller.signal);
      for (const warning of tenantWarnings(check)) logger.warn({}, warning);
      if (check.unknown.length > 0) {
        logger.info({ unknown: check.unknown }, 'not all types and fields could be checked');
      }
    } catch (error) {
      if (controller.signal.aborted) return;
      if (!(error instanceof XsoarError)) throw error;
      logger.debug({ reason: error.message }, 'types and fields are checked when XSOAR answers');
      timer = setTimeout(() => void look(), againMs);
    }
  }

  void look();
  return () => {
    controller.abort();
    clearTimeout(timer);
  };
}
