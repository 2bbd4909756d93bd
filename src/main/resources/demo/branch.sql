CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL UNIQUE,
    city TEXT
);

INSERT INTO customers (id, name, email, city) VALUES
    (1, 'Amina Haddad', 'amina@example.com', 'Tunis'),
    (2, 'Jonas Weber', 'jonas@example.com', 'Bern'),
    (3, 'Mei Tanaka', 'mei@example.com', 'Osaka'),
    (4, 'Oluwaseun Ade', 'seun@example.com', 'Lagos');
