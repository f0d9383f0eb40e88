import { expect, test } from 'vitest';
import { byteText, countText, msText, percentText, ratioText, usText } from './number-text.ts';

test.each([
  [msText(0.0421), '0.042 ms'],
  [msText(1.254), '1.25 ms'],
  [msText(31), '31.0 ms'],
  [msText(1240.4), '1240 ms'],
  [usText(0.0421), '42.1 µs'],
  [usText(1.2), '1200 µs'],
  [byteText(12_288), '12.0 KiB'],
  [byteText(-300 * 1024), '-300 KiB'],
  [byteText(2.5 * 1024 ** 2), '2.5 MiB'],
  [byteText(300 * 1024 ** 2), '300 MiB'],
  [ratioText(9.876), '9.88×'],
  [ratioText(12.34), '12.3×'],
  [percentText(0.974), '97 %'],
  [countText(65_432.1), '65,432'],
])('%s', (written, expected) => {
  expect(written).toBe(expected);
});

test.each([msText, usText, byteText, ratioText, percentText, countText])('what was not measured is a dash', (write) => {
  expect(write(Number.NaN)).toBe('–');
});
