import { mapIndicator, payloadOf } from '@xsoar-intel/pipeline';
import { generateFeed } from '@xsoar-intel/simulator';
import { expect, it } from 'vitest';

it('is stored without what mapping does not ask for: nothing else is mapped', () => {
  const options = { openctiUrl: 'https://opencti.example' } as Parameters<typeof mapIndicator>[1];
  let mapped = 0;
  for (const step of generateFeed({ events: 400, seed: 9 })) {
    if (!('object' in step)) continue;
    const result = mapIndicator(step.object, options);
    expect(mapIndicator(JSON.parse(payloadOf(step.object)), options)).toEqual(result);
    if (result.ok) mapped += 1;
  }
  expect(mapped).toBeGreaterThan(100);
});
