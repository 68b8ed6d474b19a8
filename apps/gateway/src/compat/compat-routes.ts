/** A path of one of the five designs, and the canonical operation that answers it. */
export interface CompatRoute {
  readonly design: '000' | '001' | '002' | '003' | '004';
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `:name` stands for one segment and is carried over to `to`. */
  readonly path: string;
  readonly to: {
    readonly method?: CompatRoute['method'] | 'PATCH';
    readonly path: string;
    /** Added to the query, where the old path meant more than it said. */
    readonly query?: string;
  };
}
