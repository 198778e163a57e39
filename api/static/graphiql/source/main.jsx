import { createRoot } from 'react-dom/client';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import './page.css';
import welcome from './welcome.graphql';

const url = new URL('/graphql', window.location.href);
const socket = new URL(url);
socket.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';

// Headers set in the editor go with every request, and into the first message of a subscription's socket.
const fetcher = createGraphiQLFetcher({
  url: url.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

createRoot(document.getElementById('graphiql')).render(
  <GraphiQL fetcher={fetcher} defaultQuery={welcome} defaultEditorToolsVisibility="headers" shouldPersistHeaders={false} />,
);
