/** The laws of delivery, each broken in the source. */

/** A change of the source that breaks a law. */
export interface Mutant {
  name: string;
  law: string;
  edits: readonly { file: string; from: string; to: string }[];
}

const lua = (name: string): string => `packages/pipeline/src/queue/lua/${name}.lua`;
const NO_BUSY_SLOT = {
  file: lua('begin'),
  from: "return { 'busy', leaseEnds - now } end",
  to: 'end',
};
const NO_BUSY_VALUE = {
  file: lua('plan'),
  from: "if record.lx > now then return { 'busy', record.lx - now } end",
  to: '',
};

/** Every mutant that the model has to catch. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no lease',
    law: 'L3',
    edits: [
      NO_BUSY_SLOT,
      NO_BUSY_VALUE,
      {
        file: lua('plan'),
        from: "if redis.call('HGET', KEYS[1], 'lt') ~= token then return { 'lost' } end",
        to: '',
      },
      { file: lua('settle'), from: 'if s[2] ~= token then', to: 'if not s[1] then' },
    ],
  },
  {
    name: 'no lease on values that entities share',
    law: 'L3',
    edits: [NO_BUSY_VALUE],
  },
  {
    name: 'no look at the clock before a write',
    law: 'L3',
    edits: [
      {
        file: 'packages/worker/src/lease-guard.ts',
        from: 'if (deadline === undefined || now() <= deadline) return;',
        to: 'if (deadline === undefined || now() >= 0) return;',
      },
    ],
  },
  {
    name: 'settle clears the slot though a newer state is there',
    law: 'L4',
    edits: [{ file: lua('settle'), from: 'if s[1] ~= version then', to: 'if false then' }],
  },
  {
    name: 'no provisional settle',
    law: 'L5',
    edits: [
      {
        file: lua('settle'),
        from: 'if late <= tonumber(s[5] or 0) then late = 0 end',
        to: 'late = 0',
      },
    ],
  },
  {
    name: 'a provisional settle forgets what was dropped',
    law: 'L5',
    edits: [
      {
        file: lua('settle'),
        from: '  if before then',
        to: '  if false then',
      },
    ],
  },
  {
    name: 'no version check',
    law: 'L2',
    edits: [
      {
        file: lua('put'),
        from: 'if not known or isNewer(ms, seq, known) then',
        to: 'if true then',
      },
    ],
  },
  {
    name: 'versions compared as text',
    law: 'L2',
    edits: [
      {
        file: lua('put'),
        from: 'return ms > thanMs or (ms == thanMs and seq > thanSeq)',
        to: "return (ms .. '-' .. seq) > than",
      },
    ],
  },
  {
    name: 'the binding forgets the applied version',
    law: 'L2',
    edits: [
      {
        file: lua('put'),
        from: "local known = held or bound or redis.call('HGET', tombstone, 'v')",
        to: 'local known = held',
      },
    ],
  },
  {
    name: 'cursor first',
    law: 'L1',
    edits: [
      {
        file: 'packages/ingest/src/writer.ts',
        from: 'const written = insist(',
        to: `const first = batch.position;
          if (first !== null) await insist(() => moveCursor({ id: first, recoverUntil: null }, born), current);
          const written = insist(`,
      },
    ],
  },
  {
    name: 'plain SET of the cursor',
    law: 'L9',
    edits: [{ file: lua('move-cursor'), from: 'if current ~= ARGV[1] then', to: 'if false then' }],
  },
  {
    name: 'plain deduplication',
    law: 'L8',
    edits: [
      {
        file: 'packages/pipeline/src/queue/delivery-queue.ts',
        from: ', keepLastIfActive: true',
        to: '',
      },
    ],
  },
  {
    name: 'a job that should wait for further changes ends',
    law: 'L6, L8',
    edits: [
      {
        file: 'packages/worker/src/processor.ts',
        from: 'return delayJob(job, token, result.waitMs);',
        to: "return 'debounced';",
      },
    ],
  },
  {
    name: 'no sweeper',
    law: 'L6',
    edits: [
      {
        file: 'packages/worker/src/sweeping.ts',
        from: 'if (!leadership.leading) {',
        to: 'if (leadership.leading || true) {',
      },
    ],
  },
  {
    name: 'jobs only for states that are new',
    law: 'L1, L6',
    edits: [
      {
        file: 'packages/ingest/src/writer.ts',
        from: "results[index] !== 'old'",
        to: "results[index] === 'written'",
      },
      {
        file: 'packages/worker/src/sweeping.ts',
        from: 'if (!leadership.leading) {',
        to: 'if (leadership.leading || true) {',
      },
    ],
  },
  {
    name: 'the failure of an older state buries a newer one',
    law: 'L6, L7',
    edits: [
      {
        file: lua('put'),
        from: "if held then redis.call('HDEL', slot, 'jid') end",
        to: '',
      },
    ],
  },
  {
    name: 'a dead letter outlives the delivery of its entity',
    law: 'L7',
    edits: [
      {
        file: 'packages/worker/src/processor.ts',
        from: 'if (result.deadLetterJob) await parts.queue.remove(result.deadLetterJob);',
        to: '',
      },
    ],
  },
];
