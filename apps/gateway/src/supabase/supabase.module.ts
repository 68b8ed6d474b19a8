import { Module } from '@nestjs/common';
import { GoTrue } from './gotrue.service';
import { SupabaseController } from './supabase.controller';

@Module({ controllers: [SupabaseController], providers: [GoTrue] })
export class SupabaseModule {}
