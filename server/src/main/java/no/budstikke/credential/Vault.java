package no.budstikke.credential;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals what nobody shall read, or put in another's place, in the database: AES-256-GCM, bound to its
/// purpose. Both keys come from the one that the setting `credentials.key` gives.
final class Vault {

    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecureRandom random = new SecureRandom();
    private final SecretKeySpec sealing;
    private final SecretKeySpec deriving;

    /// @param key 32 bytes or more, the same on every node
    Vault(byte[] key) {
        var root = new SecretKeySpec(key, "HmacSHA256");
        this.sealing = new SecretKeySpec(mac(root, "budstikke sealing key"), "AES");
        this.deriving = new SecretKeySpec(mac(root, "budstikke deriving key"), "HmacSHA256");
    }

    /// Something in the database was sealed with another key, or is damaged.
    static final class SealBroken extends RuntimeException {

        private static final long serialVersionUID = 1;

        SealBroken(String purpose, Throwable cause) {
            super(
                    "The database holds " + purpose
                            + ", sealed with another key than this server's credentials.key, or damaged.",
                    cause);
        }
    }

    /// @param purpose what it is and whose; to be named again at opening
    byte[] seal(String purpose, byte[] open) {
        byte[] nonce = random(NONCE_BYTES);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, sealing, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
            byte[] sealed = cipher.doFinal(open);
            return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }

    /// @throws SealBroken when it was not sealed with this key for this purpose
    byte[] open(String purpose, byte[] sealed) {
        try {
            if (sealed.length < 1 + NONCE_BYTES || sealed[0] != VERSION) {
                throw new GeneralSecurityException("not sealed");
            }
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES);
            cipher.init(Cipher.DECRYPT_MODE, sealing, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new SealBroken(purpose, e);
        }
    }

    /// 32 bytes that only this key gives for this purpose, always the same.
    byte[] derive(String purpose) {
        return mac(deriving, purpose);
    }

    byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
