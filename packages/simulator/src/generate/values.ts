import type { Random } from './random.ts';

/**
 * Realistic values, each different from all others of its kind: a counter is woven
 * into the value, the rest is random. Hosts end in names reserved for documentation
 * and tests, so that nobody's real domain is ever blocked by a demonstration.
 */
export interface Values {
  random: Random;
  /** 0, 1, 2, … for each kind separately. */
  next(kind: string): number;
}

export function createValues(random: Random): Values {
  const counters = new Map<string, number>();
  return {
    random,
    next(kind) {
      const value = counters.get(kind) ?? 0;
      counters.set(kind, value + 1);
      return value;
    },
  };
}

const words = [
  'account',
  'backup',
  'billing',
  'cdn',
  'cloud',
  'connect',
  'data',
  'delivery',
  'docs',
  'drive',
  'gate',
  'invoice',
  'login',
  'mail',
  'media',
  'news',
  'office',
  'panel',
  'portal',
  'relay',
  'secure',
  'service',
  'shop',
  'static',
  'storage',
  'support',
  'sync',
  'track',
  'update',
  'verify',
] as const;

const zones = ['example.com', 'example.net', 'example.org', 'test', 'example', 'invalid'] as const;

/** First octets of public space with nothing special about them. */
const octets = [
  5, 23, 31, 37, 45, 62, 77, 80, 91, 103, 109, 141, 146, 176, 185, 193, 194, 212,
] as const;

/** An odd multiplier permutes 24 bits: counters become scattered, still unique, numbers. */
function scatter(counter: number): number {
  return (Math.imul(counter, 0x9e3779b1) >>> 0) & 0xffffff;
}

export function ipv4(values: Values): string {
  const counter = values.next('ipv4');
  const bits = scatter(counter);
  // Which first octet is no matter of chance alone, or the second round of 2^24 could repeat one.
  const first =
    octets[(values.random.below(6) + 6 * Math.floor(counter / 0x1000000)) % octets.length];
  return `${first}.${bits >>> 16}.${(bits >>> 8) & 255}.${bits & 255}`;
}

export function ipv4Cidr(values: Values): string {
  const bits = scatter(values.next('ipv4-cidr'));
  return `198.${bits & 255}.${(bits >>> 8) & 255}.${((bits >>> 16) & 15) << 4}/28`;
}

/** A counter as two groups of an IPv6 address, neither of them zero. */
function groups(counter: number): string {
  const high = Math.floor(counter / 0xffff) + 1;
  const low = (counter % 0xffff) + 1;
  return `${high.toString(16)}:${low.toString(16)}`;
}

export function ipv6(values: Values): string {
  const group = (): string => (values.random.below(0xfffe) + 1).toString(16);
  const unique = groups(values.next('ipv6'));
  return `2001:db8:${group()}:${group()}:${group()}:${group()}:${unique}`;
}

export function ipv6Cidr(values: Values): string {
  return `2001:db8:${groups(values.next('ipv6-cidr'))}::/64`;
}

function label(values: Values, kind: string): string {
  const tag = values.next(kind).toString(36);
  return `${values.random.pick(words)}-${values.random.pick(words)}-${tag}`;
}

export function domain(values: Values): string {
  return `${label(values, 'domain')}.${values.random.pick(zones)}`;
}

export function hostname(values: Values): string {
  return `${values.random.pick(['srv', 'ws', 'dc', 'vpn'])}-${values.next('hostname')}.corp.example`;
}

export function email(values: Values): string {
  return `${label(values, 'email')}@${values.random.pick(words)}.${values.random.pick(zones)}`;
}

/** Some carry what breaks naive parsers: quotes, brackets, ` = `, percent and non-ASCII signs. */
export function url(values: Values): string {
  const { random } = values;
  const tag = values.next('url').toString(36);
  const scheme = random.chance(0.6) ? 'https' : 'http';
  const host = `${random.pick(words)}.${random.pick(words)}.${random.pick(zones)}`;
  const tail = random.chance(0.85)
    ? random.pick(['/index.php', '/gate', '/a/b/c.js', '/login?next=%2Fhome', '/dl.exe', '/'])
    : random.pick(["/it's", "/a?x='1'&y=%20z", '/?a = b', '/[x]', '/ü/é', '/back\\slash', '/a"b"']);
  return `${scheme}://${host}/${tag}${tail}`;
}

export function registryKey(values: Values): string {
  const hive = values.random.pick(['HKEY_LOCAL_MACHINE', 'HKEY_CURRENT_USER']);
  return `${hive}\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\${label(values, 'registry')}`;
}

/** A text with a counter, for the many kinds that have no form of their own. */
export function tagged(values: Values, kind: string, text: string): string {
  return `${text}${values.next(kind)}`;
}

/** `length` decimal digits that start with `prefix` and end in a counter. */
export function digits(values: Values, kind: string, prefix: string, length: number): string {
  return prefix + String(values.next(kind)).padStart(length - prefix.length, '0');
}
