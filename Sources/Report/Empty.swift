import Attack
