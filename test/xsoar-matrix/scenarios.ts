import type { FakeOpencti, StixObject } from '@xsoar-intel/simulator';
import { deleteDomain, domainIndicator, entityIdOf } from '../support/indicators.ts';

/** An operation that OpenCTI is asked for. */
export type Operation = Parameters<FakeOpencti['append']>[0];

/** Operations that reach quiet before the next ones come, and the values that must be left. */
export interface Step {
  readonly operations: readonly Operation[];
  /** Value to the verdict that XSOAR must show; what is not named must not be there. */
  readonly left: Readonly<Record<string, number>>;
  /** Requests that XSOAR may get for it. */
  readonly calls: number;
}

/** What happens in a row of the matrix. */
export interface Scenario {
  readonly name: string;
  /** Operation of which the first reply gets lost after it was carried out, by step. */
  readonly lost?: Readonly<Record<number, 'create' | 'edit' | 'delete'>>;
  steps(name: string): readonly Step[];
}

/** What an entity says of its value; what XSOAR makes of the score is documented with the mapping. */
interface State {
  readonly score: number;
  readonly labels: readonly string[];
  readonly marking: string;
  readonly verdict: number;
}

// The ids that OpenCTI gives to its own markings.
const TLP_RED = 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed';
const TLP_GREEN = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da';

const BAD: State = {
  score: 90,
  labels: ['botnet', 'c2'],
  marking: TLP_RED,
  verdict: 3,
};
const GOOD: State = {
  score: 5,
  labels: ['c2', 'reviewed'],
  marking: TLP_GREEN,
  verdict: 1,
};

/** The state of one entity, whose value may have another name than the entity. */
function stateOf(entity: string, value: string, { score, labels, marking }: State): StixObject {
  const object = domainIndicator(value, score);
  const id = entityIdOf(entity);
  return {
    ...object,
    labels: [...labels],
    object_marking_refs: [marking],
    extensions: Object.fromEntries(
      Object.entries(object.extensions ?? {}).map(([key, extension]) => [
        key,
        { ...(extension as object), id },
      ]),
    ),
  };
}

const put = (
  kind: 'create' | 'update',
  state: State,
  entity: string,
  value: string = entity,
): Operation => ({
  kind,
  object: stateOf(entity, value, state),
  expects: { values: [{ type: 'Domain', value }], mappable: true },
});

const created = (name: string, calls = 2): Step => ({
  operations: [put('create', BAD, name)],
  left: { [name]: BAD.verdict },
  calls,
});
const updated = (name: string, calls = 2): Step => ({
  operations: [put('update', GOOD, name)],
  left: { [name]: GOOD.verdict },
  calls,
});
const deleted = (name: string, calls = 2): Step => ({
  operations: [deleteDomain(name)],
  left: {},
  calls,
});

/** Every scenario of the matrix. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'a create, an update, the same state again and a delete',
    steps: (name) => [
      created(name),
      updated(name),
      { ...updated(name), calls: 0 },
      deleted(name),
      created(name),
    ],
  },
  {
    name: 'a changed value',
    steps: (name) => [
      created(name),
      {
        operations: [put('update', BAD, name, `new-${name}`)],
        left: { [`new-${name}`]: BAD.verdict },
        calls: 4,
      },
    ],
  },
  {
    name: 'a value that two indicators share',
    steps: (name) => [
      created(name),
      {
        operations: [put('create', GOOD, `twin-${name}`, name)],
        left: { [name]: BAD.verdict },
        calls: 2,
      },
      { operations: [deleteDomain(name)], left: { [name]: GOOD.verdict }, calls: 2 },
      { operations: [deleteDomain(`twin-${name}`)], left: {}, calls: 2 },
    ],
  },
  {
    name: 'replies lost after the work was done',
    lost: { 0: 'create', 1: 'edit', 2: 'delete' },
    steps: (name) => [created(name, 8), updated(name, 8), deleted(name, 12)],
  },
  {
    name: 'a changed value whose replies are lost',
    lost: { 1: 'create', 2: 'delete' },
    steps: (name) => [
      created(name),
      {
        operations: [put('update', BAD, name, `new-${name}`)],
        left: { [`new-${name}`]: BAD.verdict },
        calls: 14,
      },
      {
        operations: [put('update', GOOD, name)],
        left: { [name]: GOOD.verdict },
        calls: 14,
      },
    ],
  },
  {
    name: 'a shared value whose replies are lost',
    lost: { 2: 'edit', 3: 'delete' },
    steps: (name) => [
      created(name),
      {
        operations: [put('create', GOOD, `twin-${name}`, name)],
        left: { [name]: BAD.verdict },
        calls: 2,
      },
      { operations: [deleteDomain(name)], left: { [name]: GOOD.verdict }, calls: 10 },
      { operations: [deleteDomain(`twin-${name}`)], left: {}, calls: 12 },
    ],
  },
];
