"""`esign`, the operator's command: accounts, packages and provider specialities, on the local cloud or on a stage."""
