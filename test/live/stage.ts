import { WebSocket } from 'ws';
import { createClient, type Client, type ClientOptions } from 'graphql-ws';
