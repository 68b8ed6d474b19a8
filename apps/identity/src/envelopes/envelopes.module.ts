import { Module } from '@nestjs/common';
import { Envelopes } from './envelopes.service';

@Module({ providers: [Envelopes], exports: [Envelopes] })
export class EnvelopesModule {}
