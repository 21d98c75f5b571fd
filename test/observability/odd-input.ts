import { randomUUID } from 'node:crypto';

const OPENCTI = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';

/** Text of an SSE event; `{id}` is replaced by the simulator. */
export const sse = (name: string, data: string): string =>
  `id: {id}\nevent: ${name}\ndata: ${data}\n\n`;

/** JSON of a create event of an indicator of its own. */
export const indicator = (fields: Record<string, unknown>): string => {
  const id = randomUUID();
  return JSON.stringify({
    version: '4',
    type: 'create',
    scope: 'external',
    message: 'odd',
    data: {
      id: `indicator--${id}`,
      type: 'indicator',
      spec_version: '2.1',
      extensions: {
        [OPENCTI]: { extension_type: 'property-extension', id, type: 'Indicator' },
      },
      pattern: "[ipv4-addr:value = '203.0.113.9']",
      pattern_type: 'stix',
      ...fields,
    },
  });
};

/** Events in which a different word stands at every place that might become a label. */
export function* oddEvents(count: number): Generator<string> {
  for (let at = 0; at < count; at += 1) {
    const odd = `odd-${at}`;
    switch (at % 8) {
      case 0:
        yield sse('create', indicator({ pattern: `[x-${odd}:value = 'v']` }));
        break;
      case 1:
        yield sse('create', indicator({ pattern_type: odd, pattern: odd }));
        break;
      case 2:
        yield sse(odd, indicator({}));
        break;
      case 3:
        yield sse('update', indicator({ type: odd, name: odd }));
        break;
      case 4:
        yield sse('create', `{"${odd}": `);
        break;
      case 5:
        yield sse('create', `{"${odd}": 1}`);
        break;
      case 6:
        yield sse(
          'create',
          indicator({
            // Its own value: entities that share one wait for each other.
            pattern: `[domain-name:value = '${odd}.example']`,
            labels: [odd],
            x_opencti_main_observable_type: odd,
          }),
        );
        break;
      default:
        yield sse('create', indicator({ pattern: `[ipv4-addr:value = '${odd}']` }));
    }
  }
}
