import { createGate, type Gate } from './gate.ts';

/** What a user of the platform may do; the names are OpenCTI's. */
export type Capability =
  | 'TAXIIAPI'
  | 'CONNECTORAPI'
  | 'KNOWLEDGE'
  | 'KNOWLEDGE_KNUPDATE'
  | 'BYPASS';

/** Whether the platform knows deployments: not at all, it does, or it takes no more calls for now. */
export type DeploymentOffer = 'absent' | 'offered' | 'too-many';

/** Switches of the fake platform that can be turned while it runs. */
export interface Settings {
  /** The stream: started, or stopped (410 until the time given, or until started). */
  running: boolean;
  /** False: nobody made the stream yet, or somebody removed it. */
  exists: boolean;
  stoppedUntilMs: number | null;
  token: string;
  capabilities: Capability[];
  /** Every open and later connection holds between a dependency and its main event. */
  pauseBeforeMain: Gate;
  /** Sockets stay open, but nothing is written any more: a half-open connection. */
  stall: Gate;
  /** Cuts every write into pieces of so many bytes; 0 writes as usual. */
  splitBytes: number;
  /** The stream has filters on who made a change: recovery is refused by `no-recover`. */
  originFilters: boolean;
  /** So many next connections get an `error` event instead of events. */
  errorsAtStart: number;
  /** A ping answers the state before the one it was sent. */
  staleEcho: boolean;
  /** Reports of what became of indicators. */
  deployments: DeploymentOffer;
}

/** What `POST /sim/settings` may change; `pauseBeforeMain` and `stall` are doors. */
export interface SettingsChange {
  token?: string;
  exists?: boolean;
  capabilities?: Capability[];
  pauseBeforeMain?: boolean;
  stall?: boolean;
  splitBytes?: number;
  originFilters?: boolean;
  errorsAtStart?: number;
  staleEcho?: boolean;
  deployments?: DeploymentOffer;
}

export function createSettings(token: string): Settings {
  return {
    running: true,
    exists: true,
    stoppedUntilMs: null,
    token,
    capabilities: ['TAXIIAPI', 'CONNECTORAPI', 'KNOWLEDGE', 'BYPASS'],
    pauseBeforeMain: createGate(),
    stall: createGate(),
    splitBytes: 0,
    originFilters: false,
    errorsAtStart: 0,
    staleEcho: false,
    deployments: 'absent',
  };
}

/** Applies a change; unknown keys are ignored. */
export function changeSettings(settings: Settings, change: SettingsChange): void {
  if (typeof change.token === 'string') settings.token = change.token;
  if (Array.isArray(change.capabilities)) settings.capabilities = [...change.capabilities];
  if (typeof change.exists === 'boolean') settings.exists = change.exists;
  if (typeof change.splitBytes === 'number') settings.splitBytes = change.splitBytes;
  if (typeof change.originFilters === 'boolean') settings.originFilters = change.originFilters;
  if (typeof change.errorsAtStart === 'number') settings.errorsAtStart = change.errorsAtStart;
  if (typeof change.staleEcho === 'boolean') settings.staleEcho = change.staleEcho;
  if (change.deployments !== undefined) settings.deployments = change.deployments;
  for (const name of ['pauseBeforeMain', 'stall'] as const) {
    if (change[name] === true) settings[name].shut();
    if (change[name] === false) settings[name].open();
  }
}

/** True when the stream is started; a stop for a limited time ends by itself. */
export function isRunning(settings: Settings, nowMs: number): boolean {
  if (!settings.running && settings.stoppedUntilMs !== null && nowMs >= settings.stoppedUntilMs) {
    settings.running = true;
    settings.stoppedUntilMs = null;
  }
  return settings.running;
}
