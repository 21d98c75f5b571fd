import {
  checkTenant,
  type TenantNeeds,
  tenantWarnings,
  type XsoarClient,
} from '@xsoar-intel/xsoar';
import { type Finding, ok, skipped, warning } from './finding.ts';

const WHAT = 'types and fields';

/** Looks whether the tenant has what is going to be written, where its API lists it. */
export async function examineLists(client: XsoarClient, needs: TenantNeeds): Promise<Finding[]> {
  const check = await checkTenant(client, needs);
  const findings = tenantWarnings(check).map((text): Finding => {
    const [detail = '', why = ''] = text.split(/: (.*)/s);
    const end = why.indexOf('. ') + 1;
    return warning(WHAT, detail, { why: why.slice(0, end), fix: why.slice(end + 1) });
  });
  const { missingTypes, missingFields } = check;
  if (missingTypes?.length === 0) findings.push(ok(WHAT, `all ${needs.types.length} types exist`));
  if (missingFields?.length === 0) {
    findings.push(ok(WHAT, `all ${needs.fields.length} fields exist`));
  }
  return [...findings, ...check.unknown.map((text) => skipped(WHAT, text))];
}
