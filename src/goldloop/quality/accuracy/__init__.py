"""How many labels of a programme are right, and on which denominator."""
