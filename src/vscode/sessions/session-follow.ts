import * as vscode from 'vscode';
import type { SessionFollower } from '../../transcripts/follow.js';
import type { FoundSession } from '../../transcripts/node/find-sessions.js';
import type { WindowStore } from '../store/window-store.js';

export type FollowedSession = Pick<FoundSession, 'path' | 'format' | 'sessionId'>;

/** How often the files of a followed session are looked at: one `stat` each when nothing was written. */
const POLL_MS = 1000;
const REMEMBERED = 'tract.followedSession';

/**
 * The session that this window follows (SPEC §14 *Follow*): its tracts grow while the agent works. The person chooses it once; the choice
 * is remembered for this workspace until they stop.
 */
export class SessionFollow implements vscode.Disposable {
  readonly #store: WindowStore;
  readonly #memory: vscode.Memento;
  readonly #onError: (error: unknown) => void;
  readonly #changed = new vscode.EventEmitter<void>();
  #session: FollowedSession | null = null;
  #tracts: readonly string[] = [];
  #follower: SessionFollower | null = null;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(options: {
    readonly store: WindowStore;
    readonly memory: vscode.Memento;
    /** Called when following ended because of an error. */
    readonly onError: (error: unknown) => void;
  }) {
    this.#store = options.store;
    this.#memory = options.memory;
    this.#onError = options.onError;
  }

  get session(): FollowedSession | null {
    return this.#session;
  }

  /** Whether a tract grows with the followed session: its own or a sub-agent's. */
  follows(tractId: string): boolean {
    return this.#session !== null && this.#tracts.includes(tractId);
  }

  /** The session that was followed when this workspace was last open. */
  get remembered(): FollowedSession | undefined {
    return this.#memory.get<FollowedSession>(REMEMBERED);
  }

  /**
   * Reads what the session has so far and follows it from there; one followed before is left. Resolves to the session's tract once all
   * that was there is durable, undefined when there is nothing in it yet.
   * @throws what reading and writing throws; nothing is followed then
   */
  async start(session: FollowedSession): Promise<string | undefined> {
    await this.#end();
    const [{ SessionFollower: Follower }, { followFiles }, store] = await Promise.all([
      import('../../transcripts/follow.js'),
      import('../../transcripts/node/find-sessions.js'),
      this.#store.open(),
    ]);
    const follower = new Follower({
      store,
      files: followFiles(session),
      onUpdate: ({ tracts }) => {
        this.#tracts = tracts;
        this.#changed.fire();
      },
    });
    await follower.poll();
    this.#follower = follower;
    this.#set(session);
    await this.#memory.update(REMEMBERED, session);
    this.#pollLater(follower);
    return this.#tracts[0];
  }

  /** Ends it for good: the next window does not follow either. */
  async stop(): Promise<void> {
    await this.#memory.update(REMEMBERED, undefined);
    await this.#end();
  }

  #pollLater(follower: SessionFollower): void {
    this.#timer = setTimeout(() => {
      follower.poll().then(
        () => {
          if (this.#follower === follower) this.#pollLater(follower);
        },
        (error: unknown) => {
          void this.#end();
          this.#onError(error);
        },
      );
    }, POLL_MS);
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const follower = this.#follower;
    this.#follower = null;
    this.#tracts = [];
    if (this.#session) this.#set(null);
    await follower?.stop();
  }

  #set(session: FollowedSession | null): void {
    this.#session = session;
    void vscode.commands.executeCommand('setContext', 'tract.following', session !== null);
    this.#changed.fire();
  }

  dispose(): void {
    void this.#end();
    this.#changed.dispose();
  }
}
