import { isRecord } from '../http/body.ts';
import { PlatformError, type RootField, ValidationError } from './graphql-execute.ts';
import type { Platform } from './platform.ts';

/** What the platform holds of one indicator on one security platform (`deployed-on`). */
export interface Deployment {
  /** Internal id of the indicator. */
  indicatorId: string;
  platformId: string;
  status: string;
  errorMessage: string | null;
  deployedAt: string | null;
  removedAt: string | null;
  /** Reports of it that were taken. */
  reports: number;
}

/** Security platforms and deployments. */
export interface DeploymentBook {
  platforms(): { id: string; name: string; type: string }[];
  list(): Deployment[];
  /** Reports in each batch that was taken, in order. */
  readonly batches: readonly number[];
  /** Forgets a security platform, as an analyst may delete it. */
  removePlatform(id: string): boolean;
}

/** The most reports in one call. */
const BATCH_MAX = 500;
const STATUSES = new Set(['pending', 'deployed', 'active', 'failed', 'removed']);
const REFERENCE = /^(?:[a-z][a-z-]+--)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const business = (message: string, data: Record<string, unknown> = {}): PlatformError =>
  new PlatformError('FUNCTIONAL_ERROR', 400, message, 'BUSINESS', data);

/**
 * The book, and the mutations that write into it. `allow` refuses the user or not; `tooMany` says
 * that the limit of calls is reached.
 */
export function createDeploymentBook(parts: {
  platform: Platform;
  allow(): void;
  allowPlatform(): void;
  tooMany(): boolean;
  now(): number;
}): { book: DeploymentBook; mutations: Map<string, RootField> } {
  const platforms = new Map<string, { id: string; name: string; type: string }>();
  const deployments = new Map<string, Deployment>();
  const batches: number[] = [];

  function take(platformId: string, report: Record<string, unknown>): string | null {
    const row = parts.platform.table.find(text(report.indicatorId));
    if (row?.stixType !== 'indicator') return 'Indicator not found or not accessible';
    const status = text(report.status);
    const metadata = isRecord(report.metadata) ? report.metadata : {};
    const key = `${row.entityId} ${platformId}`;
    const known = deployments.get(key);
    const now = new Date(parts.now()).toISOString();
    deployments.set(key, {
      ...{ indicatorId: row.entityId, platformId, status },
      errorMessage: status === 'failed' ? text(metadata.error_message) || null : null,
      deployedAt:
        status === 'deployed' ? text(metadata.deployed_at) || now : (known?.deployedAt ?? null),
      removedAt: status === 'removed' ? text(metadata.removed_at) || now : null,
      reports: (known?.reports ?? 0) + 1,
    });
    return null;
  }

  const mutations = new Map<string, RootField>([
    [
      'securityPlatformAdd',
      {
        returns: 'SecurityPlatform',
        args: ['input'],
        inputFields: ['name', 'description', 'security_platform_type', 'confidence', 'update'],
        resolve({ input }) {
          parts.allowPlatform();
          const name = isRecord(input) ? text(input.name) : '';
          if (name.trim().length < 2) throw new ValidationError('name: at least two characters');
          const known = [...platforms.values()].find((one) => one.name === name);
          if (known) return known;
          const n = String(platforms.size + 1).padStart(12, '0');
          const type = isRecord(input) ? text(input.security_platform_type) : '';
          const added = { id: `5ec00000-0000-4000-8000-${n}`, name, type };
          platforms.set(added.id, added);
          return added;
        },
      },
    ],
    [
      'indicatorReportDeployments',
      {
        returns: 'IndicatorDeploymentBatchResult',
        args: ['platformId', 'reports'],
        resolve({ platformId, reports }) {
          parts.allow();
          if (parts.tooMany()) throw business('Too many requests', { retry_after_ms: 100 });
          const list = Array.isArray(reports) ? reports.filter(isRecord) : [];
          if (list.some(({ indicatorId }) => !REFERENCE.test(text(indicatorId)))) {
            throw new ValidationError('Variable "$reports" got invalid value; not a StixRef');
          }
          if (list.some(({ status }) => !STATUSES.has(text(status)))) {
            throw new ValidationError('Variable "$reports" got invalid value; no such status');
          }
          if (list.length > BATCH_MAX)
            throw business('A deployment batch cannot exceed 500 reports');
          const found = platforms.get(text(platformId));
          if (!found) throw business('Security platform not found or not accessible');
          batches.push(list.length);
          const errors = list.flatMap((report) => {
            const message = take(found.id, report);
            return message === null ? [] : [{ indicatorId: text(report.indicatorId), message }];
          });
          const processed = list.length - errors.length;
          return { processed, created: processed, updated: 0, unchanged: 0, errors };
        },
      },
    ],
  ]);

  return {
    mutations,
    book: {
      platforms: () => [...platforms.values()],
      list: () => [...deployments.values()],
      batches,
      removePlatform: (id) => platforms.delete(id),
    },
  };
}
