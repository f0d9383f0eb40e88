import { useEffect, useState } from 'react';
import { errorCodes } from './responses.ts';
import { type SocketState, socketState } from './socket.ts';
import { useStore } from './store.ts';
import { type TokenState, tokenExpiry, tokenStore, typeToken } from './token-store.ts';

const TOKEN_WORDS: Readonly<Record<TokenState['source'], string>> = {
  none: 'no token: operations are anonymous',
  typed: 'using the pasted token',
  kept: 'using the token kept in this tab',
  login: 'logged in: using the token of the last login',
};

const SOCKET_WORDS: Readonly<Record<SocketState['phase'], string>> = {
  idle: 'not opened yet',
  connecting: 'connecting…',
  connected: 'connected',
  closed: 'closed',
};

const tokenWords = ({ value, source }: TokenState, now: number): string => {
  const expiry = tokenExpiry(value);
  if (expiry === undefined) return TOKEN_WORDS[source];
  // The clock ticks every ten seconds, so it may be a little behind: rounding up would promise a minute too many.
  const minutes = Math.round((expiry - now) / 60_000);
  return expiry <= now ? 'the token has expired: log in again' : `${TOKEN_WORDS[source]} (${minutes} min left)`;
};

/** The present time, renewed every ten seconds so that the minutes a token has left don't stand still. */
const useNow = (): number => {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return now;
};

const TokenField = () => {
  const token = useStore(tokenStore);
  const words = tokenWords(token, useNow());
  return (
    <div className="session-token">
      <label htmlFor="access-token">Access token</label>
      <input
        id="access-token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        placeholder="paste one, or run the log-in tab"
        value={token.value}
        onChange={(event) => typeToken(event.currentTarget.value)}
      />
      <button type="button" disabled={token.value === ''} onClick={() => typeToken('')}>
        Forget
      </button>
      <output data-testid="token-state" data-source={token.source}>
        {words}
      </output>
    </div>
  );
};

const SocketBadge = () => {
  const { phase, detail } = useStore(socketState);
  return (
    <output className="session-socket" data-testid="socket-state" data-phase={phase} title={detail}>
      Socket: {SOCKET_WORDS[phase]}
      {detail === undefined ? '' : ` (${detail})`}
    </output>
  );
};

const ErrorBadges = () => {
  const codes = useStore(errorCodes);
  if (codes.size === 0) return null;
  return (
    <output className="session-errors" data-testid="error-codes">
      {[...codes].map(([code, count]) => (
        <code key={code}>{count === 1 ? code : `${code} × ${count}`}</code>
      ))}
    </output>
  );
};

/** The bar above the editor. */
export const SessionBar = () => (
  <header className="session-bar">
    <TokenField />
    <ErrorBadges />
    <SocketBadge />
  </header>
);
