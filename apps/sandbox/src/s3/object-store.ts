export interface StoredObject {
  body: Buffer;
  contentType: string;
}

/** Objects by bucket and key, in memory. */
export class ObjectStore {
  private readonly objects = new Map<string, StoredObject>();

  put(bucket: string, key: string, object: StoredObject): void {
    this.objects.set(`${bucket}/${key}`, object);
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.objects.get(`${bucket}/${key}`);
  }

  delete(bucket: string, key: string): void {
    this.objects.delete(`${bucket}/${key}`);
  }

  /** At most `limit` keys, in order. */
  keys(bucket: string, prefix: string, limit: number): string[] {
    const begin = `${bucket}/${prefix}`;
    const found = [...this.objects.keys()].filter((key) => key.startsWith(begin)).sort();
    return found.slice(0, limit).map((key) => key.slice(bucket.length + 1));
  }
}
