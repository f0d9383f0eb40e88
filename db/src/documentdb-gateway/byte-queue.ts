/**
 * Bytes that arrived in chunks and are consumed in frames. Chunks are joined only once a whole frame is there, so a
 * 16 MB frame that arrives in hundreds of chunks is copied once, and a small one not at all.
 */
export class ByteQueue {
  #chunks: Buffer[] = [];
  #length = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** The first `size` bytes without consuming them; undefined while fewer are there. */
  peek(size: number): Buffer | undefined {
    if (this.#length < size) return undefined;
    let [head = Buffer.alloc(0)] = this.#chunks;
    if (head.length < size) {
      head = Buffer.concat(this.#chunks);
      this.#chunks = [head];
    }
    return head.subarray(0, size);
  }

  /** Consumes the first `size` bytes; undefined while fewer are there. */
  take(size: number): Buffer | undefined {
    const taken = this.peek(size);
    const [head] = this.#chunks;
    if (!taken || !head) return taken;
    if (head.length === size) this.#chunks.shift();
    else this.#chunks[0] = head.subarray(size);
    this.#length -= size;
    return taken;
  }
}
