import { expectTypeOf } from 'vitest';
import type { Client, Handlers } from '../../src-shared/rpc/contract-types.ts';
import type { probeContract } from './probe-contract.ts';

type Probe = Client<typeof probeContract>['probe'];
type Served = Handlers<typeof probeContract>['probe'];

expectTypeOf<Parameters<Probe['add']>[0]>().toEqualTypeOf<{ left: number; right?: number | undefined }>();
expectTypeOf<Awaited<ReturnType<Probe['add']>>>().toEqualTypeOf<{ sum: number }>();
expectTypeOf<ReturnType<Probe['count']>>().toEqualTypeOf<AsyncIterable<{ value: number }>>();
expectTypeOf<Parameters<Served['add']>[0]>().toEqualTypeOf<{ left: number; right: number }>();
