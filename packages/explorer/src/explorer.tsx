import { GraphiQL } from 'graphiql';
import { createExplorerFetcher } from './fetcher.ts';
import { SessionBar } from './session-bar.tsx';
import { tour } from './tour.ts';

const fetcher = createExplorerFetcher();

/** GraphiQL shows the first tab's variables only when they are given to it apart, and then over any that it kept. */
const firstVariables = localStorage.getItem('graphiql:tabState') === null ? tour[0]?.variables : undefined;

/** The page: a bar with the token and the state of the connection, and GraphiQL with the tour's tabs below it. */
export const Explorer = () => (
  <div className="explorer">
    <SessionBar />
    <div className="explorer-editor">
      <GraphiQL
        fetcher={fetcher}
        defaultTabs={tour}
        {...(firstVariables === undefined ? {} : { initialVariables: firstVariables })}
        shouldPersistHeaders={false}
        defaultEditorToolsVisibility="variables"
        isHeadersEditorEnabled
        schemaDescription
        inputValueDeprecation
      >
        <GraphiQL.Logo>PostBook</GraphiQL.Logo>
      </GraphiQL>
    </div>
  </div>
);
