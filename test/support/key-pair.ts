/** A self-signed pair for localhost, for tests alone: it guards nothing. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIULsHvhuG5qGck76K+hC5/9k/mYPQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE5NTEzNFoYDzIxMjYxMDI5
MTk1MTM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT+A2p2MaAOjBJGuZ2J+5S4I/WBaDlYy3A6ZUZIcJuonFDx8FQ0MlzH
DaMWAZRRTi2LSnxszsRd8R/KmHijZbxKo28wbTAdBgNVHQ4EFgQUpAso86uDzx7f
nG5nJ0cco/zU51YwHwYDVR0jBBgwFoAUpAso86uDzx7fnG5nJ0cco/zU51YwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgIEuaRuS7Awqv8HkrWMrnO3YuXlk31caEUTbJTgndDlgCIQDf
j42DqPUrcvQn29eIYhTiVRXl0qWbN1mpDsjBowWgbA==
-----END CERTIFICATE-----
`;

export const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjqFElLAczMKmofts
PBeMMlATL4hNc0Fd98sabfpmmMqhRANCAAT+A2p2MaAOjBJGuZ2J+5S4I/WBaDlY
y3A6ZUZIcJuonFDx8FQ0MlzHDaMWAZRRTi2LSnxszsRd8R/KmHijZbxK
-----END PRIVATE KEY-----
`;

/** A time within the validity of the certificate, in milliseconds since the epoch. */
export const VALID_AT = Date.UTC(2030, 0);
