import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MediaStorage, readAll, WrongSizeError } from '../src/storage/storage.ts';

/** A storage of a test's own. */
export interface StorageUnderTest {
  readonly storage: MediaStorage;
  stop(): Promise<void>;
}

async function* inChunks(content: Buffer, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

/** Breaks off after the first chunk, as a client that goes away. */
async function* broken(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content.subarray(0, 100);
  throw new Error('the client has gone');
}

/** What every storage must do. */
export function storageContract(name: string, make: () => Promise<StorageUnderTest>): void {
  describe(`the storage ${name}`, () => {
    let under: StorageUnderTest;
    let storage: MediaStorage;
    beforeAll(async () => {
      under = await make();
      storage = under.storage;
      await storage.start();
    });
    afterAll(async () => {
      await storage.stop();
      await under.stop();
    });

    const write = (
      path: string,
      content: Buffer,
      body: AsyncIterable<Uint8Array> = inChunks(content),
      sizeBytes = content.length,
    ) => storage.write(path, { contentType: 'image/webp', sizeBytes, body });

    it('works when asked', async () => {
      await expect(storage.check?.()).resolves.toBeUndefined();
    });

    it.each([1, 5_000, 8 * 1024 * 1024, 8 * 1024 * 1024 + 1, 20_000_000])(
      'gives back what was stored: %d bytes',
      async (size) => {
        const content = randomBytes(size);
        const path = `files/00/size-${size}/large.webp`;
        await write(path, content);
        expect(await storage.sizeOf(path)).toBe(size);
        expect((await readAll(storage, path))?.equals(content)).toBe(true);
      },
    );

    it('takes content that is at hand as a whole', async () => {
      await storage.write('files/00/whole/a', { contentType: 'image/webp', sizeBytes: 3, body: [Buffer.from('abc')] });
      expect((await readAll(storage, 'files/00/whole/a'))?.toString()).toBe('abc');
    });

    it.each([
      [0, 1],
      [100, 199],
      [9_990, 9_999],
      [0, 9_999],
    ])('gives the part from %d to %d, and says how large the whole is', async (start, end) => {
      const content = randomBytes(10_000);
      await write('files/00/part/a', content);
      const blob = await storage.read('files/00/part/a', { start, end });
      expect(blob?.sizeBytes).toBe(10_000);
      blob?.stream.destroy();
      expect(await readAll(storage, 'files/00/part/a', { start, end })).toEqual(content.subarray(start, end + 1));
    });

    it('has nothing where nothing was stored', async () => {
      expect(await storage.read('files/00/none/a')).toBeUndefined();
      expect(await storage.sizeOf('files/00/none/a')).toBeUndefined();
      expect(await readAll(storage, 'files/00/none/a', { start: 0, end: 5 })).toBeUndefined();
    });

    it.each<[string, number, number]>([
      ['less', 1_000, 1_001],
      ['more', 1_000, 999],
      ['less than announced in several parts', 9_000_000, 20_000_000],
      ['more than announced in several parts', 20_000_000, 18_000_000],
    ])('stores nothing when %s comes than was announced', async (_what, size, announced) => {
      const path = `files/00/wrong-${size}-${announced}/a`;
      const content = randomBytes(size);
      await expect(write(path, content, inChunks(content), announced)).rejects.toThrow(WrongSizeError);
      expect(await storage.sizeOf(path)).toBeUndefined();
    });

    it('stores nothing when the content breaks off, and leaves what was there', async () => {
      const content = randomBytes(1_000);
      await expect(write('files/00/broken/a', content, broken(content))).rejects.toThrow('the client has gone');
      expect(await storage.sizeOf('files/00/broken/a')).toBeUndefined();
      await write('files/00/broken/a', content);
      await expect(write('files/00/broken/a', content, broken(content))).rejects.toThrow('the client has gone');
      expect(await readAll(storage, 'files/00/broken/a')).toEqual(content);
    });

    it('replaces what is there as a whole, also under somebody who reads it', async () => {
      const [old, fresh] = [randomBytes(300_000), randomBytes(300_000)];
      await write('files/00/replaced/a', old);
      const reading = await storage.read('files/00/replaced/a');
      await write('files/00/replaced/a', fresh);
      expect(await readAll(storage, 'files/00/replaced/a')).toEqual(fresh);
      reading?.stream.destroy();
    });

    it('removes one blob, or everything below a folder, and nothing beside it', async () => {
      for (const path of ['files/00/gone/a', 'files/00/gone/b', 'files/00/gone/c/d', 'files/00/gone-not/a']) {
        await write(path, Buffer.from('x'));
      }
      await storage.remove('files/00/gone/a');
      expect(await storage.sizeOf('files/00/gone/a')).toBeUndefined();
      expect(await storage.sizeOf('files/00/gone/b')).toBe(1);
      await storage.removeAll('files/00/gone');
      expect(await storage.sizeOf('files/00/gone/b')).toBeUndefined();
      expect(await storage.sizeOf('files/00/gone/c/d')).toBeUndefined();
      expect(await storage.sizeOf('files/00/gone-not/a')).toBe(1);
      await storage.remove('files/00/gone/a');
      await storage.removeAll('files/00/gone');
    });
  });
}
