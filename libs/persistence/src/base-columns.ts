import { CreateDateColumn, PrimaryColumn, Column, UpdateDateColumn } from 'typeorm';

/** Columns of every tenant's row. Ids are made by us (UUIDv7). */
export abstract class TenantRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  tenantId: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @UpdateDateColumn({ type: 'timestamptz' })
  updatedAt: Date;
}
