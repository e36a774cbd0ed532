import process from 'node:process';
import type { Figure, Measured } from './figure.ts';
import { quantile, sampleOf } from './statistics.ts';

export interface Way {
  readonly run: () => Promise<void>;
  /** What has to be over before the other way's turn, and is not part of the time. */
  readonly settle?: () => Promise<void>;
}

interface Turns {
  /** Milliseconds of each run. */
  readonly times: number[];
  /** Of each turn, the median of its runs in milliseconds. */
  readonly medians: number[];
  /** Of each turn, microseconds that all threads of this process used, by run. */
  readonly cpu: number[];
}

/** Two ways of doing the same, timed by turns. */
export interface Interleaved {
  readonly ours: Turns;
  readonly floor: Turns;
}

/** Runs that are not counted, because the code is compiled in them. Of what takes long, one. */
const warmUpRuns = 5000;

/**
 * Times two ways of doing the same by turns (A B A B …), so that whatever else the machine does meets both.
 *
 * @param rounds how often each way has its turn and is counted
 * @param perTurn how many runs a turn has
 */
export async function interleaved(
  { rounds, perTurn }: { readonly rounds: number; readonly perTurn: number },
  ours: Way,
  floor: Way,
): Promise<Interleaved> {
  const result = { ours: noTurns(), floor: noTurns() };
  const warmUp = perTurn === 1 ? 1 : Math.ceil(warmUpRuns / perTurn);
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const [way, turns] of [
      [ours, result.ours],
      [floor, result.floor],
    ] as const) {
      const times: number[] = [];
      const cpuBefore = process.cpuUsage();
      for (let turn = 0; turn < perTurn; turn += 1) {
        const since = performance.now();
        await way.run();
        times.push(performance.now() - since);
        await way.settle?.();
      }
      const { user, system } = process.cpuUsage(cpuBefore);
      if (round >= warmUp) {
        turns.times.push(...times);
        turns.medians.push(quantile(times, 0.5));
        turns.cpu.push((user + system) / perTurn);
      }
    }
  }
  return result;
}

/**
 * The turns of several sittings as of one. Two processes may happen to wake each other quickly or slowly for as long as
 * they live, so what is measured between processes is measured on several of them.
 */
export async function sittings(count: number, sit: () => Promise<Interleaved>): Promise<Interleaved> {
  const all = { ours: noTurns(), floor: noTurns() };
  for (let sitting = 0; sitting < count; sitting += 1) {
    const one = await sit();
    for (const way of ['ours', 'floor'] as const) {
      all[way].times.push(...one[way].times);
      all[way].medians.push(...one[way].medians);
      all[way].cpu.push(...one[way].cpu);
    }
  }
  return all;
}

/** How long a run takes, by its median. */
export function timeOf(id: Figure['id'], { ours, floor }: Interleaved): Measured {
  const spread = { value: sampleOf(ours.times), floor: sampleOf(floor.times) };
  return {
    id,
    unit: 'ms',
    value: spread.value.p50,
    floor: spread.floor.p50,
    spread,
    ratios: ours.medians.map((median, turn) => median / (floor.medians[turn] ?? Number.NaN)),
  };
}

/** What a run costs this process, by the median of the turns. */
export function cpuOf(id: Figure['id'], { ours, floor }: Interleaved): Measured {
  return {
    id,
    unit: 'µs',
    value: quantile(ours.cpu, 0.5),
    floor: quantile(floor.cpu, 0.5),
    ratios: ours.cpu.map((used, turn) => used / (floor.cpu[turn] ?? Number.NaN)),
  };
}

function noTurns(): Turns {
  return { times: [], medians: [], cpu: [] };
}
