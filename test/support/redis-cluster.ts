import { Redis } from 'ioredis';
import {
  asUser,
  freePort,
  ownKeysOnly,
  startRedis,
  type TestLogin,
  type TestRedis,
} from './redis.ts';
import { until } from './until.ts';

const SLOTS = 16_384;

/** A cluster whose nodes a test can reach. */
export interface TestCluster extends TestRedis {
  /** Gives a replica to the master of a key, and returns that master once the replica follows it. */
  addReplica(key: string): Promise<TestRedis>;
  /** What the nodes that are up have refused to users without the right to it. */
  refusals(): Promise<unknown[]>;
}

/** What a node says of itself: its id, its port and that of its bus. */
async function nodeFacts(client: Redis): Promise<{ id: string; port: string; bus: string }> {
  const lines = String(await client.call('CLUSTER', 'NODES')).split('\n');
  const myself = lines.find((line) => line.includes('myself')) ?? '';
  const [, id = '', port = '', bus = ''] = /^(\w+) \S*:(\d+)@(\d+)/.exec(myself) ?? [];
  return { id, port, bus };
}

async function startNode(): Promise<TestRedis> {
  // The bus has a port of its own, by default 10,000 above: that may be taken or too high.
  const bus = await freePort();
  return startRedis([
    ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
    ...['--cluster-node-timeout', '2000', '--cluster-require-full-coverage', 'yes'],
  ]);
}

/**
 * A cluster of masters, each with its share of the slots; `url` lists all of them. With a login `url`
 * is the way in as a user who has the rights to our keys only.
 */
export async function startRedisCluster({
  size = 3,
  login,
}: {
  size?: number;
  login?: TestLogin;
} = {}): Promise<TestCluster> {
  const nodes: TestRedis[] = [];
  for (let index = 0; index < size; index += 1) nodes.push(await startNode());
  const share = Math.ceil(SLOTS / size);
  const clients: Redis[] = [];
  /** A client of a node, to whom the user is known from now on. */
  async function admit({ url }: TestRedis): Promise<Redis> {
    const client = new Redis(url);
    clients.push(client);
    client.on('error', () => {}); // a node may be killed
    if (login !== undefined) await client.call('ACL', 'SETUSER', ...ownKeysOnly(login));
    return client;
  }
  for (const node of nodes) await admit(node);
  try {
    for (const [index, client] of clients.entries()) {
      const last = Math.min((index + 1) * share, SLOTS) - 1;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', index * share, last);
    }
    const [first] = clients;
    for (const client of clients.slice(1)) {
      const { port, bus } = await nodeFacts(client);
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
  } catch (error) {
    for (const client of clients) client.disconnect();
    throw error;
  }
  return {
    url: nodes.map(({ url }) => (login === undefined ? url : asUser(url, login))).join(','),
    port: nodes[0]?.port ?? 0,
    async addReplica(key) {
      const replica = await startNode();
      const client = await admit(replica);
      const slot = Number(await client.call('CLUSTER', 'KEYSLOT', key));
      const master = nodes[Math.floor(slot / share)];
      if (master === undefined) throw new Error(`no master has slot ${slot}`);
      nodes.push(replica);
      const ofMaster = new Redis(master.url);
      try {
        const { id, port, bus } = await nodeFacts(ofMaster);
        await client.call('CLUSTER', 'MEET', '127.0.0.1', port, bus);
        await until('the replica knows its master', () =>
          client.call('CLUSTER', 'REPLICATE', id).then(
            () => true,
            () => false,
          ),
        );
        await until('all masters know the replica, and it follows', async () => {
          const infos = await Promise.all(clients.map((one) => one.call('CLUSTER', 'INFO')));
          const known = infos.every((info) =>
            String(info).includes(`cluster_known_nodes:${nodes.length}`),
          );
          return known && (await client.info('replication')).includes('master_link_status:up');
        });
      } finally {
        ofMaster.disconnect();
      }
      return master;
    },
    async refusals() {
      const up = clients.filter(({ status }) => status === 'ready');
      return (await Promise.all(up.map((client) => client.call('ACL', 'LOG')))).flat();
    },
    freeze(frozen) {
      for (const node of nodes) node.freeze(frozen);
    },
    kill: async () => void (await Promise.all(nodes.map((node) => node.kill()))),
    start: async () => void (await Promise.all(nodes.map((node) => node.start()))),
    async stop() {
      for (const client of clients) client.disconnect();
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}
