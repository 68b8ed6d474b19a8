import { Module } from '@nestjs/common';
import { StandingConsumer } from './standing.consumer';
import { StandingRepository } from './standing.repository';
import { Standings } from './standings';

@Module({
  controllers: [StandingConsumer],
  providers: [StandingRepository, Standings],
  exports: [Standings],
})
export class StandingModule {}
