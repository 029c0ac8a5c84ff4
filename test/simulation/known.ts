// What the world itself knows and Gatemedic has to find out: what is broken since when, which brakes are on, which values people set.
import type { ChangeRecord } from '../../lib/model/change.ts';
import type { ShopStage } from '../../lib/demo/shop.ts';
import type { Breaking } from './breaking.ts';

/** Something that holds from one time to another; still when there is no end. */
export interface Span {
  readonly from: number;
  until: number;
}
export interface Broken extends Span {
  readonly breaking: Breaking;
  readonly stage: ShopStage;
}

export class Spans<T extends Span = Span> {
  readonly all: T[] = [];
  begin(span: T): void {
    this.all.push(span);
  }
  /** Those that held all the time from `from` to `until`. */
  throughout(from: number, until: number): readonly T[] {
    return this.all.filter((s) => s.from <= from && s.until >= until);
  }
  /** Those that held at some time in between. */
  within(from: number, until: number): readonly T[] {
    return this.all.filter((s) => s.from <= until && s.until >= from);
  }
}

export class Known {
  readonly broken = new Spans<Broken>();
  readonly killSwitch = new Spans();
  readonly calendar = new Spans();
  readonly deploys = new Spans<Span & { readonly apiId: string }>();
  readonly handsOff = new Spans<Span & { readonly apiId: string }>();
  /** Changes of before the story, and the rows of the journal that this version cannot read. */
  readonly before: ChangeRecord[] = [];
  readonly unreadable: string[] = [];
  /** What people set by hand between a decision and its first write. */
  readonly meanwhile: { readonly at: number; readonly setting: string; readonly target: string }[] = [];
  /** When people set values of changes by hand: never to be written over. */
  readonly byHand: { readonly at: number; readonly changeId: string; readonly setting: string; readonly how: 'other' | 'back' }[] = [];
}
