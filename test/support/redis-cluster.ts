import { Redis } from 'ioredis';
import { freePort, startRedis, type TestRedis } from './redis.ts';
import { until } from './until.ts';

const SLOTS = 16_384;

/** A cluster of masters, each with its share of the slots; `url` lists all of them. */
export async function startRedisCluster(size = 3): Promise<TestRedis> {
  const nodes: TestRedis[] = [];
  for (let index = 0; index < size; index += 1) {
    // The bus has a port of its own, by default 10,000 above: that may be taken or too high.
    const bus = await freePort();
    nodes.push(
      await startRedis([
        ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
        ...['--cluster-node-timeout', '2000', '--cluster-require-full-coverage', 'yes'],
      ]),
    );
  }
  const clients = nodes.map(({ url }) => new Redis(url));
  try {
    const share = Math.ceil(SLOTS / size);
    for (const [index, client] of clients.entries()) {
      const last = Math.min((index + 1) * share, SLOTS) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
    }
    const [first] = clients;
    for (const client of clients.slice(1)) {
      const myself = String(await client.call('CLUSTER', 'NODES')).split('\n')[0] ?? '';
      const [, port = '', bus = ''] = /:(\d+)@(\d+)/.exec(myself) ?? [];
      await first?.call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
    }
    await until('the cluster is formed', async () => {
      const infos = await Promise.all(clients.map((client) => client.call('CLUSTER', 'INFO')));
      return infos.every(
        (info) =>
          /cluster_state:ok/.test(String(info)) &&
          String(info).includes(`cluster_known_nodes:${size}`),
      );
    });
  } finally {
    for (const client of clients) client.disconnect();
  }
  return {
    url: nodes.map(({ url }) => url).join(','),
    port: nodes[0]?.port ?? 0,
    freeze(frozen) {
      for (const node of nodes) node.freeze(frozen);
    },
    kill: async () => void (await Promise.all(nodes.map((node) => node.kill()))),
    start: async () => void (await Promise.all(nodes.map((node) => node.start()))),
    stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))),
  };
}
