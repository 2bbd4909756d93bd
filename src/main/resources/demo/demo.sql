CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    city TEXT
);

CREATE TABLE price_list (
    article TEXT PRIMARY KEY,
    description TEXT NOT NULL,
    price DECIMAL(10, 2) NOT NULL CHECK (price >= 0)
);

CREATE TABLE inventory (
    article TEXT PRIMARY KEY REFERENCES price_list (article),
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    reorder_level INTEGER NOT NULL
);

CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    article TEXT NOT NULL REFERENCES price_list (article),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    status TEXT NOT NULL DEFAULT 'new',
    ordered_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);

CREATE TABLE purchase_requests (
    article TEXT PRIMARY KEY,
    quantity INTEGER NOT NULL,
    requested_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);

INSERT INTO customers (id, name, email, city) VALUES
    (1, 'Amina Haddad', 'amina@example.com', 'Tunis'),
    (2, 'Jonas Weber', 'jonas@example.com', 'Bern'),
    (3, 'Mei Tanaka', 'mei@example.com', 'Osaka'),
    (4, 'Oluwaseun Ade', 'seun@example.com', 'Lagos');

INSERT INTO price_list (article, description, price) VALUES
    ('SADDLE', 'Saddle for two humps', 249.00),
    ('BLANKET', 'Woollen blanket', 39.90),
    ('BELL', 'Brass bell', 12.50),
    ('ROPE', 'Rope, 20 m', 18.00),
    ('BAG', 'Water bag, 10 l', 27.75);

INSERT INTO inventory (article, quantity, reorder_level) VALUES
    ('SADDLE', 7, 3),
    ('BLANKET', 40, 10),
    ('BELL', 120, 25),
    ('ROPE', 15, 10),
    ('BAG', 22, 8);

INSERT INTO orders (id, customer_id, article, quantity, status, ordered_at) VALUES
    (1, 1, 'SADDLE', 1, 'shipped', '2026-01-12T09:30:00Z'),
    (2, 2, 'BLANKET', 2, 'shipped', '2026-01-15T14:05:00Z'),
    (3, 3, 'BELL', 6, 'paid', '2026-02-02T07:45:00Z'),
    (4, 4, 'ROPE', 3, 'new', '2026-02-03T16:20:00Z');
