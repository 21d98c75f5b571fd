import type { CatchUpProgress } from '@xsoar-intel/pipeline';
import { METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';

/** Declares the gauges of a catch-up; returns what sets them (null: none is under way). */
export function createCatchUpGauges(metrics: Metrics): (progress: CatchUpProgress | null) => void {
  const active = metrics.gauge({
    name: `${METRIC_PREFIX}catch_up_active`,
    help: '1 while OpenCTI catches up from its database.',
  });
  const position = metrics.gauge({
    name: `${METRIC_PREFIX}catch_up_position_timestamp_seconds`,
    help: 'Time of the last change of the newest object that the catch-up has sent.',
  });
  const rate = metrics.gauge({
    name: `${METRIC_PREFIX}catch_up_objects_per_second`,
    help: 'Objects per second of the catch-up.',
  });
  const left = metrics.gauge({
    name: `${METRIC_PREFIX}catch_up_left_seconds`,
    help: 'Time that the catch-up will take, if it goes on like this.',
  });
  const clear = (): void => {
    for (const gauge of [position, rate, left]) gauge.clear();
  };
  clear();
  return (progress) => {
    active.set(progress === null ? 0 : 1);
    clear();
    if (progress === null) return;
    rate.set(progress.perSecond);
    if (progress.positionMs !== null) position.set(progress.positionMs / 1_000);
    if (progress.leftMs !== null) left.set(progress.leftMs / 1_000);
  };
}
