/** What a doctor found: one thing that was looked at. */
export interface Finding {
  /** `ok`; `warning`: works, with a risk; `failed`: does not work; `skipped`: not looked at. */
  level: 'ok' | 'warning' | 'failed' | 'skipped';
  /** What was looked at, in a word or two. */
  what: string;
  /** What was seen. */
  detail: string;
  /** What it means; for warnings and failures. */
  why?: string;
  /** What to do about it. */
  fix?: string;
  /** What was seen, in a word for programs. */
  answer?: string;
  /** What the connector makes of it. */
  so?: string;
}

/** Findings about one system. */
export interface Examination {
  of: 'Redis' | 'OpenCTI' | 'XSOAR' | 'XSOAR, by writing';
  findings: Finding[];
}

/** Something that is as it should be. */
export const ok = (what: string, detail: string): Finding => ({ level: 'ok', what, detail });

/** Something that was not looked at. */
export const skipped = (what: string, detail: string): Finding => ({
  level: 'skipped',
  what,
  detail,
});

/** Something that works, with a risk. */
export const warning = (
  what: string,
  detail: string,
  meaning: { why: string; fix: string },
): Finding => ({ level: 'warning', what, detail, ...meaning });

/** Something that does not work. */
export const failed = (
  what: string,
  detail: string,
  meaning: { why: string; fix: string },
): Finding => ({ level: 'failed', what, detail, ...meaning });
