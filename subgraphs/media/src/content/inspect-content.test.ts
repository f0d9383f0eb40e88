import { describe, expect, it } from 'vitest';
import { endsAsArchive, inspectContent } from './inspect-content.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))));
const ftyp = (brand: string) => bytes([0, 0, 0, 24], 'ftyp', brand, [0, 0, 2, 0], 'isomiso2', [0, 0, 0, 8], 'free');
const png = bytes(
  [0x89],
  'PNG\r\n',
  [0x1a, 0x0a, 0, 0, 0, 13],
  'IHDR',
  [0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0, 0, 0, 0],
);
const idat = bytes([0, 0, 0, 0], 'IDAT');

describe('content', () => {
  it.each<[string, Buffer, string]>([
    ['a JPEG', bytes([0xff, 0xd8, 0xff, 0xe0, 0, 16], 'JFIF'), 'image/jpeg'],
    ['a PNG', bytes([...png], [...idat]), 'image/png'],
    ['a GIF', bytes('GIF89a'), 'image/gif'],
    ['an MP4', ftyp('isom'), 'video/mp4'],
    ['a film of an iPhone', ftyp('qt  '), 'video/quicktime'],
    ['a song of an iPhone', ftyp('M4A '), 'audio/mp4'],
    [
      'an MP3',
      bytes('ID3', [3, 0, 0, 0, 0, 0, 10], 'TIT2', [0, 0, 0, 0, 0, 0], [0xff, 0xfb, 0x90, 0x64]),
      'audio/mpeg',
    ],
    ['a PDF', bytes('%PDF-1.7\n'), 'application/pdf'],
    ['a WAV', bytes('RIFF', [36, 0, 0, 0], 'WAVEfmt '), 'audio/wav'],
  ])('of %s is told by its first bytes', async (_what, content, mimeType) => {
    expect((await inspectContent(content))?.mimeType).toBe(mimeType);
  });

  it.each<[string, Buffer]>([
    [
      'a drawing that can run scripts',
      bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    ],
    ['the same behind an XML head', bytes('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a page', bytes('<!DOCTYPE html><html>')],
    ['a shell script', bytes('#!/bin/sh\nrm -rf /\n')],
    ['a program', bytes([0x7f], 'ELF', [2, 1, 1, 0])],
    ['a Windows program', bytes('MZ', [0x90, 0, 3, 0])],
    ['an archive', bytes('PK\x03\x04', [20, 0, 0, 0, 0, 0])],
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.alloc(4_100, 7)],
    [
      'a picture with a page in it',
      bytes([...png], [0, 0, 0, 40], 'tEXtComment\0<script>alert(1)</script>', [...idat]),
    ],
    ['a GIF that is a script too', bytes('GIF89a/*', '<ScRiPt src=x>', '*/=1')],
    ['a PDF that is a page too', bytes('%PDF-1.7\n<HTML><body onload=x>')],
    ['a page before a PDF', bytes('<html>%PDF-1.7')],
  ])('that is %s is refused', async (_what, content) => {
    expect(await inspectContent(content)).toBeUndefined();
  });

  it('that ends as an archive is told from content that merely has its signature', () => {
    const record = bytes(
      'PK\x05\x06',
      Array.from({ length: 18 }, () => 0),
    );
    expect(endsAsArchive(Buffer.concat([Buffer.alloc(100), record]))).toBe(true);
    const withComment = Buffer.concat([record.subarray(0, 20), Buffer.from([5, 0]), Buffer.from('hello')]);
    expect(endsAsArchive(Buffer.concat([Buffer.alloc(100), withComment]))).toBe(true);
    expect(endsAsArchive(Buffer.concat([record, Buffer.alloc(100)]))).toBe(false);
    expect(endsAsArchive(bytes('PK\x05\x06'))).toBe(false);
    expect(endsAsArchive(Buffer.alloc(0))).toBe(false);
  });
});
