/** Objects of Google Cloud Storage, as long as the emulator runs. */
export interface BucketObject {
  readonly bytes: Buffer;
  readonly mime: string;
}

export class Buckets {
  #objects = new Map<string, BucketObject>();

  put(bucket: string, name: string, object: BucketObject): void {
    this.#objects.set(`${bucket}/${name}`, object);
  }

  get(bucket: string, name: string): BucketObject | undefined {
    return this.#objects.get(`${bucket}/${name}`);
  }

  reset(): void {
    this.#objects = new Map();
  }
}
