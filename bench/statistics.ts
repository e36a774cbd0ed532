export interface Sample {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export function sampleOf(values: readonly number[]): Sample {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/**
 * Times two ways of doing the same by turns (A B A B …), so that whatever else the machine does meets both.
 *
 * @param rounds how often each way has its turn; each turn is `perTurn` runs, the first turn of both is dropped
 * @returns milliseconds of each run
 */
export async function interleaved(
  rounds: number,
  perTurn: number,
  ours: () => Promise<void>,
  floor: () => Promise<void>,
): Promise<{ readonly ours: readonly number[]; readonly floor: readonly number[] }> {
  const times = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, run] of [
      ['ours', ours],
      ['floor', floor],
    ] as const) {
      for (let turn = 0; turn < perTurn; turn += 1) {
        const since = performance.now();
        await run();
        if (round > 0) {
          times[name].push(performance.now() - since);
        }
      }
    }
  }
  return times;
}
