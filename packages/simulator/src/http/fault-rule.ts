import { isRecord } from './body.ts';
import type { Fault, FaultRule } from './faults.ts';

function parseFault(fault: Record<string, unknown>): Fault | string {
  const number = (key: string): number | null =>
    typeof fault[key] === 'number' ? fault[key] : null;
  switch (fault.kind) {
    case 'status':
      return number('status') === null ? 'fault.status: needs a number' : (fault as Fault);
    case 'redirect':
      return typeof fault.location === 'string' ? (fault as Fault) : 'fault.location: needs a text';
    case 'reset':
      return fault.when === 'before' || fault.when === 'after'
        ? (fault as Fault)
        : 'fault.when: before or after';
    case 'slow-headers':
    case 'slow-body':
      return number('delayMs') === null ? 'fault.delayMs: needs a number' : (fault as Fault);
    case 'html':
    case 'cut-body':
    case 'hang':
      return fault as Fault;
    default:
      return 'fault.kind: one of status, html, redirect, reset, slow-headers, slow-body, cut-body, hang';
  }
}

/** A rule from JSON (the control API), or the reason why it is none. */
export function parseFaultRule(value: unknown): FaultRule | string {
  if (!isRecord(value) || !isRecord(value.fault)) return 'fault: needs an object';
  const fault = parseFault(value.fault);
  if (typeof fault === 'string') return fault;
  const rule: FaultRule = { fault };
  const { operations, value: text } = value;
  if (Array.isArray(operations))
    rule.operations = operations.filter((name) => typeof name === 'string');
  if (typeof text === 'string') rule.value = text;
  for (const key of ['times', 'skip', 'probability'] as const) {
    const number = value[key];
    if (typeof number === 'number') rule[key] = number;
  }
  return rule;
}
