import { describe, expect, it } from 'vitest';
import { readCommandLine } from './config.ts';

const known = { switches: ['quick'], values: ['rounds', 'sides'] };

describe('a command line', () => {
  it('gives flags, numbers and lists', () => {
    const line = readCommandLine(known, ['--quick', '--rounds', '3', '--sides', 'stock,ours']);
    expect([line.flags.has('quick'), line.number('rounds', 5), line.list('sides', [])]).toEqual([
      true,
      3,
      ['stock', 'ours'],
    ]);
  });

  it('without flags gives the defaults', () => {
    const line = readCommandLine(known, []);
    expect([line.flags.has('quick'), line.number('rounds', 5), line.list('sides', ['all'])]).toEqual([
      false,
      5,
      ['all'],
    ]);
  });

  it.each(['0', '-1', 'many'])('refuses %s rounds', (rounds) => {
    expect(() => readCommandLine(known, [`--rounds=${rounds}`]).number('rounds', 5)).toThrow(
      '--rounds must be a positive number',
    );
  });

  it('chooses by name, in the known order', () => {
    const sides = [{ name: 'stock' }, { name: 'hive' }, { name: 'ours' }];
    expect(readCommandLine(known, ['--sides', 'ours,stock']).choose('sides', sides)).toEqual([sides[0], sides[2]]);
    expect(readCommandLine(known, []).choose('sides', sides)).toEqual(sides);
    expect(() => readCommandLine(known, ['--sides', 'our']).choose('sides', sides)).toThrow(
      "--sides doesn't know our, only stock, hive, ours",
    );
  });

  it('refuses what it doesn’t know', () => {
    expect(() => readCommandLine(known, ['--round', '3'])).toThrow(/'--round'/);
  });
});
