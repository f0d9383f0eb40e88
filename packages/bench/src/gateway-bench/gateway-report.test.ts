import { expect, test } from 'vitest';
import { feedOperations } from '../feed-graph/feed-operations.ts';
import { cpuRatio, gatewayReport } from './gateway-report.ts';
import type { Measurement, SideResult } from './scenario.ts';

const measured = (cpuMsPerRequest: number): Measurement => ({
  requests: 100,
  wrong: 0,
  requestsPerSecond: 1000 / cpuMsPerRequest,
  cpuMsPerRequest,
  p50Ms: 2,
  p99Ms: 9,
  upstreamCallsPerRequest: 7,
  busy: { side: 0.9, subgraphs: 0.5, client: 0.25 },
});
const side = (name: string, ...cpu: readonly number[]): SideResult => ({ side: name, rounds: cpu.map(measured) });

test('ratios are taken within each round: a round in which all were slow counts like any other', () => {
  expect(cpuRatio(side('stock', 10, 100, 10), side('ours', 1, 10, 2))).toBe(10);
});

test('without the side to compare with there is no ratio', () => {
  expect(cpuRatio(side('stock', 10), undefined)).toBeNaN();
});

test('the report has a line for each side, and says why one is out', () => {
  const [operation] = feedOperations;
  if (!operation) throw new Error('no operation');
  const sides = [side('stock', 10), { ...side('hive'), disqualified: 'answer.data is null' }, side('ours', 1)];
  const memory = new Map([['ours', 100 * 1024 ** 2]]);
  const lines = gatewayReport({ scenarios: [{ scenario: { operation, connections: 50 }, sides }], memory }).split('\n');
  const cells = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').map((cell) => cell.trim()));
  expect(lines[0]).toBe('### big query, 50 connections');
  expect(cells.slice(2).map((row) => row.slice(1, -1))).toEqual([
    ['stock', '10.0 ms', '10.0×', '100', '2.00 ms', '9.00 ms', '7.0', '–', '90 % 50 % 25 %'],
    ['hive', '–', '–', '–', '–', '–', '–', '–', '–'],
    ['ours', '1.00 ms', '1.00×', '1000', '2.00 ms', '9.00 ms', '7.0', '100 MiB', '90 % 50 % 25 %'],
  ]);
  expect(lines.at(-1)).toBe('- hive is out: answer.data is null');
});
