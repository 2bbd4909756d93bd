package io.bactrian.database;

import java.math.BigDecimal;
import java.math.BigInteger;

/** Numbers of any Java type as whole numbers, without losing a digit. */
public final class ExactNumbers {
    /** More digits than any integer column holds; a short text such as 1e999999999 must not become a long one. */
    private static final int MOST_DIGITS = 40;

    private ExactNumbers() {}

    /**
     * The whole number that a value for an integer column stands for: a number or its text; true is 1, false 0.
     *
     * @throws DatabaseException naming the column, where it isn't a whole number
     */
    public static BigInteger integer(Column column, Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return BigInteger.valueOf(((Number) value).longValue());
        }
        if (value instanceof Boolean flag) {
            return flag ? BigInteger.ONE : BigInteger.ZERO;
        }
        try {
            BigDecimal number = new BigDecimal(value.toString().strip());
            if (number.signum() == 0) {
                return BigInteger.ZERO;
            }
            if (number.precision() - number.scale() <= MOST_DIGITS && number.scale() <= MOST_DIGITS * 10) {
                return number.toBigIntegerExact();
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw RefusedValue.of(column, value, "it is no whole number");
        }
        throw RefusedValue.of(column, value, "it is out of range");
    }
}
