import { connectorVariables } from './connector.ts';
import type { Definition, ValueOf, Variable } from './define.ts';
import { deliveryVariables } from './delivery.ts';
import { deploymentVariables } from './deployment.ts';
import { filterVariables } from './filter.ts';
import { mappingVariables } from './mapping.ts';
import { openctiVariables } from './opencti.ts';
import { processVariables } from './process.ts';
import { reconcileVariables } from './reconcile.ts';
import { streamVariables } from './stream.ts';
import { tracingVariables } from './tracing.ts';
import { xsoarVariables } from './xsoar.ts';

const table = {
  ...openctiVariables,
  ...deploymentVariables,
  ...connectorVariables,
  ...streamVariables,
  ...xsoarVariables,
  ...mappingVariables,
  ...filterVariables,
  ...deliveryVariables,
  ...reconcileVariables,
  ...processVariables,
  ...tracingVariables,
} satisfies Record<string, Definition>;

/** The name of a variable that has an effect. */
export type VariableName = keyof typeof table;

/** The values of all variables, as their types read them; null where one is unset. */
export type Values = { readonly [N in VariableName]: ValueOf<(typeof table)[N]> };

/** Every variable that has an effect, in the order of the reference. */
export const variables: readonly Variable[] = Object.entries<Definition>(table).map(
  ([name, definition]) => ({ name, ...definition }),
);

/** The variable of this name. */
export function variableOf(name: VariableName): Variable {
  return { name, ...(table[name] as Definition) };
}
