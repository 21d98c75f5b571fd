import type { Config, Secret } from '@xsoar-intel/config';
import { createOpenctiApi, OpenctiError, type OpenctiErrorKind } from '@xsoar-intel/opencti';
import { EXIT } from '../../../exit-code.ts';
import { CommandError } from '../../../load.ts';
import { visible } from '../../../terminal/visible.ts';
import { userAgent } from '../../../version.ts';
import type { Subject } from './subject.ts';

/** An object of OpenCTI with the name of its author, where that could be had. */
export interface Fetched {
  subject: Subject;
  author: readonly [ref: string, name: string] | null;
}

/** Fetches an object by its internal or STIX id. Throws a CommandError (exit 1) that says what to do. */
export async function fetchSubject(id: string, { opencti }: Config): Promise<Fetched> {
  const { url, token } = opencti;
  if (url === null || token === null) throw notConfigured(id, url, token);
  const api = createOpenctiApi({
    url,
    token: token.reveal(),
    sslVerify: opencti.sslVerify,
    headers: opencti.headers.reveal(),
    userAgent,
    ...(opencti.ca === null ? {} : { ca: opencti.ca }),
  });
  try {
    const object = await api.stixObject(id);
    if (object === null) {
      throw new CommandError(
        `OpenCTI at ${url} has no object ${id}, or the user of OPENCTI_TOKEN may not see it.`,
      );
    }
    const subject: Subject = { place: null, content: { kind: 'object', object, operation: null } };
    return { subject, author: await authorOf(object.created_by_ref, api) };
  } catch (error) {
    if (!(error instanceof OpenctiError)) throw error;
    const advice = adviceOn(error.kind);
    throw new CommandError(
      `OpenCTI at ${url} did not give the object: ${visible(error.message)}${advice}`,
    );
  } finally {
    await api.close();
  }
}

function notConfigured(id: string, url: string | null, token: Secret | null): CommandError {
  const missing = [url === null ? 'OPENCTI_URL' : '', token === null ? 'OPENCTI_TOKEN' : ''];
  const names = missing.filter((name) => name !== '');
  return new CommandError(
    [
      `${id} is an id of OpenCTI, and to fetch it ${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} needed:`,
      'set them in the environment or in config.yml (opencti.url, opencti.token), or give a file or a pattern instead.',
    ].join('\n'),
    EXIT.failed,
  );
}

/** The name is only one field: the explanation goes on without it. */
async function authorOf(
  ref: unknown,
  api: ReturnType<typeof createOpenctiApi>,
): Promise<Fetched['author']> {
  if (typeof ref !== 'string') return null;
  try {
    const name = (await api.identityNames([ref])).get(ref);
    return name === undefined ? null : [ref, name];
  } catch (error) {
    if (error instanceof OpenctiError) return null;
    throw error;
  }
}

function adviceOn(kind: OpenctiErrorKind): string {
  switch (kind) {
    case 'unauthorized':
      return '\nOPENCTI_TOKEN is wrong or no longer valid.';
    case 'forbidden':
      return '\nThe user of OPENCTI_TOKEN needs the capability "Access knowledge".';
    case 'network':
      return '\nCheck OPENCTI_URL, and whether this machine reaches it.';
    default:
      return '';
  }
}
