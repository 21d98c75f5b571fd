import { isJsonObject } from '../stix.ts';
import * as documents from './documents.ts';
import { OpenctiError } from './opencti-error.ts';
import type { GraphqlPost } from './post.ts';

/** What became of an indicator on the security platform, in the words of OpenCTI. */
export type DeploymentStatus = 'deployed' | 'failed' | 'removed';

/** One report. */
export interface DeploymentReport {
  /** Internal or STIX id of the indicator. */
  indicatorId: string;
  status: DeploymentStatus;
  /** When that was, ISO date; OpenCTI takes its own time where it has none. */
  at?: string;
  /** Why it failed; OpenCTI takes 5,000 characters. */
  cause?: string;
}

/** A report that was not taken, beside others that were. */
export interface RefusedReport {
  indicatorId: string;
  words: string;
  /** The indicator is gone, or the token's user may not see it: OpenCTI does not tell them apart. */
  gone: boolean;
}

/** Most reports in one call that OpenCTI takes. */
export const DEPLOYMENT_REPORTS_MAX = 500;

/** Deployments of indicators on a security platform (`deployed-on`), as far as we report them. */
export interface DeploymentsApi {
  /**
   * False on a platform that does not know deployments, true on one that does. Needs KNOWLEDGE.
   */
  offered(signal?: AbortSignal): Promise<boolean>;
  /** Id of the security platform of that name; it is created if there is none. Needs KNOWLEDGE_KNUPDATE. */
  securityPlatform(platform: { name: string; type: string }, signal?: AbortSignal): Promise<string>;
  /**
   * Reports at most {@link DEPLOYMENT_REPORTS_MAX} at once and returns those that were refused.
   * Needs KNOWLEDGE_KNUPDATE and CONNECTORAPI. Kind `rate-limited`: more calls a second than the
   * platform takes from one user. Reporting twice what it knows already changes nothing.
   */
  report(
    platformId: string,
    reports: readonly DeploymentReport[],
    signal?: AbortSignal,
  ): Promise<RefusedReport[]>;
}

/** Binds the calls. */
export function deploymentsApi(post: GraphqlPost): DeploymentsApi {
  const call = (
    operation: string,
    query: string,
    variables: Record<string, unknown>,
    signal?: AbortSignal,
  ) => post.data({ operation, query, variables }, signal);

  return {
    async offered(signal) {
      try {
        await call('deploymentsOffered', documents.deploymentsOffered, {}, signal);
        return true;
      } catch (error) {
        if (isUnknown(error)) return false;
        throw error;
      }
    },
    async securityPlatform({ name, type }, signal) {
      const input = { name, security_platform_type: type, update: true };
      const data = await call('securityPlatform', documents.securityPlatform, { input }, signal);
      const found = data.securityPlatformAdd;
      if (isJsonObject(found) && typeof found.id === 'string') return found.id;
      throw badAnswer('securityPlatform', 'the answer has no security platform');
    },
    async report(platformId, reports, signal) {
      const variables = { platformId, reports: reports.map(inputOf) };
      const operation = 'reportDeployments';
      const data = await call(operation, documents.reportDeployments, variables, signal);
      const result = data.indicatorReportDeployments;
      if (!isJsonObject(result) || !Array.isArray(result.errors)) {
        throw badAnswer(operation, 'the answer does not say what was taken');
      }
      return result.errors.flatMap((error: unknown): RefusedReport[] => {
        if (!isJsonObject(error) || typeof error.indicatorId !== 'string') return [];
        const words = typeof error.message === 'string' ? error.message.slice(0, 300) : '';
        return [
          {
            indicatorId: error.indicatorId,
            words,
            gone: /not found or not accessible/i.test(words),
          },
        ];
      });
    },
  };
}

function inputOf({ indicatorId, status, at, cause }: DeploymentReport) {
  const dates = { deployed: 'deployed_at', removed: 'removed_at', failed: null } as const;
  const date = dates[status];
  const metadata = {
    ...(at === undefined || date === null ? {} : { [date]: at }),
    ...(cause === undefined ? {} : { error_message: cause }),
  };
  return { indicatorId, status, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
}

/** The document does not fit the platform's schema. Old platforms have a code of their own for it. */
function isUnknown(error: unknown): boolean {
  return (
    error instanceof OpenctiError &&
    (error.kind === 'schema' || /cannot query field|unknown type/i.test(error.message))
  );
}

function badAnswer(operation: string, words: string): OpenctiError {
  return new OpenctiError(operation, { kind: 'bad-answer', code: 'BAD_ANSWER', words });
}
