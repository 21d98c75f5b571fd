export type {
  BackoffConfig,
  BoardConfig,
  Config,
  ConfigByRole,
  ConfigOf,
  ConnectorConfig,
  EventType,
  FilterConfig,
  HoldConfig,
  IngestConfig,
  IngestOptions,
  LogConfig,
  MappingConfig,
  MetricsConfig,
  OpenctiConfig,
  OperatorConfig,
  RedisConfig,
  ShutdownConfig,
  SlotsConfig,
  StreamConfig,
  TlpLevel,
  TracingConfig,
  WorkerConfig,
  WorkerOptions,
  XsoarConfig,
} from './config.ts';
export { describeConfig, formatSettings } from './describe.ts';
export {
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  type RefusedConfig,
} from './load/load-config.ts';
export type { Setting } from './load/values.ts';
export type { ConfigNote, ConfigProblem } from './problem.ts';
export { ROLES, type Role } from './role.ts';
export { Secret } from './secret.ts';
export { parseBytes } from './types/bytes.ts';
export { formatDuration, parseDuration } from './types/duration.ts';
export { type Moment, parseDate } from './types/moments.ts';
export { GROUPS, type Group, type Variable } from './variables/define.ts';
export { type IgnoredVariable, ignoredVariables } from './variables/ignored.ts';
export { type VariableName, variables } from './variables/table.ts';
