import { type DynamicModule, Global, Module, type Provider, type Type } from '@nestjs/common';
import type { EntityTarget, ObjectLiteral } from 'typeorm';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServiceName } from '@parley/contracts';
import { type Migration } from '@parley/persistence';
import type { BaseConfig, ConfigOf, Shape } from './config';
import type { HttpAppOptions } from './http-app';

/** Injection tokens of what is not a class. */
export const CONFIG = Symbol('CONFIG');
export const TRANSPORT = Symbol('TRANSPORT');

/** All there is to say about a service; `runService` and the standalone app do the rest. */
export interface ServiceSpec<S extends Shape = Shape, C extends ConfigOf<S> = ConfigOf<S>> {
  name: ServiceName;
  /** Settings, with `baseShape` spread in. */
  config: S;
  module: Type;
  migrations?: Migration[];
  entities?: EntityTarget<ObjectLiteral>[];
  /** Whether the service has durable jobs. */
  jobs?: boolean;
  /** Every event it has a handler for: a deploy binds its queue to them before anything runs. */
  consumes?: readonly { readonly type: string }[];
  /** Public HTTP, where the service has a door for the world. */
  http?: {
    options: (config: C) => Omit<HttpAppOptions, 'service'>;
    port: (config: C) => number;
    configure?: (app: NestFastifyApplication, config: C) => Promise<void> | void;
  };
}

export type AnyServiceSpec = ServiceSpec<Shape, never>;

/** Types the pieces of a service against its own settings. */
export function defineService<S extends Shape>(spec: ServiceSpec<S>): ServiceSpec<S> {
  return spec;
}

/** Makes the kit injectable everywhere in one service's Nest application. */
@Global()
@Module({})
export class ServiceKit {
  static around(service: Type, providers: Provider[], controllers: Type[]): DynamicModule {
    return { module: ServiceKit, imports: [service], controllers, providers, exports: providers };
  }
}

export type { BaseConfig };
