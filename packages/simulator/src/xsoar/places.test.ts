import { expect, it } from 'vitest';
import { startFakeXsoar } from './start.ts';

it('works on so many requests at a time, and lets the others wait', async () => {
  const order: number[] = [];
  const xsoar = await startFakeXsoar({
    places: 2,
    latency: { default: 60 },
    onRequest: ({ arrivedMs, answeredMs }) => void order.push(answeredMs - arrivedMs),
  });
  try {
    const ask = () =>
      fetch(`${xsoar.url}/xsoar/public/v1/indicators/search`, {
        method: 'POST',
        headers: { authorization: xsoar.key, 'x-xdr-auth-id': xsoar.keyId },
        body: '{"query":"","size":1}',
      }).then((response) => response.text());
    await Promise.all(Array.from({ length: 6 }, ask));
    // Three rounds of two: each round waits for the one before it.
    expect(order).toHaveLength(6);
    expect(order.filter((ms) => ms >= 150)).toHaveLength(2);
    expect(order.filter((ms) => ms < 115)).toHaveLength(2);
  } finally {
    await xsoar.close();
  }
});
