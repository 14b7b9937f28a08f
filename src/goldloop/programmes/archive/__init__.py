"""A whole programme as one file that opens in another installation; decision 34 says what leaves and what never."""
